#include "tflm/operations.hpp"
#include "tflm/resolver.hpp"

extern "C" const unsigned char g_model[];

namespace inference {
namespace {

/// The bit of a tensor's type; 0 for one that this vintage does not know.
std::uint32_t bit_of(tflite::TensorType type) {
    switch (type) {
    case tflite::TensorType_BOOL:
        return of(kTfLiteBool);
    case tflite::TensorType_FLOAT32:
        return of(kTfLiteFloat32);
    case tflite::TensorType_INT8:
        return of(kTfLiteInt8);
    case tflite::TensorType_INT16:
        return of(kTfLiteInt16);
    case tflite::TensorType_INT32:
        return of(kTfLiteInt32);
    case tflite::TensorType_INT64:
        return of(kTfLiteInt64);
    case tflite::TensorType_UINT8:
        return of(kTfLiteUInt8);
    default:
        return 0;
    }
}

std::uint32_t type_of(const tflite::SubGraph& graph, const tflite::Operator& node, unsigned input) {
    if (!node.inputs() || input >= node.inputs()->size())
        return 0;
    const std::int32_t index = node.inputs()->Get(input);
    return index < 0 ? 0 : bit_of(graph.tensors()->Get(static_cast<unsigned>(index))->type());
}

/// Finds kernels by the types of an operation's tensors too. The interpreter asks once for each
/// operation of the graph, in the graph's order, which is how this knows whom it asks for.
class TableResolver final : public tflite::MicroOpResolver {
public:
    void restart() { next_ = 0; }
    const TfLiteRegistration* FindOp(tflite::BuiltinOperator code, int version) const override {
        const tflite::SubGraph& graph = *tflite::GetModel(g_model)->subgraphs()->Get(0);
        const tflite::Operator& node = *graph.operators()->Get(next_++);
        for (std::size_t i = 0; i < operation_count; ++i) {
            const Operation& row = operations[i];
            if (row.code != code || version < row.first_version || version > row.last_version ||
                (row.types & type_of(graph, node, row.data)) == 0)
                continue;
            TfLiteRegistration* registration = row.kernel();
            registration->builtin_code = code;
            return registration;
        }
        return nullptr;
    }
    const TfLiteRegistration* FindOp(const char*, int) const override {
        ++next_;
        return nullptr;
    }
    BuiltinParseFunction GetOpDataParser(tflite::BuiltinOperator) const override {
        return tflite::ParseOpData;
    }
    TfLiteStatus AddBuiltin(tflite::BuiltinOperator, TfLiteRegistration*, int) override {
        return kTfLiteError;
    }

private:
    mutable unsigned next_ = 0;

    TF_LITE_REMOVE_VIRTUAL_DELETE
};

} // namespace

const tflite::MicroOpResolver& op_resolver() {
    static TableResolver resolver;
    resolver.restart();
    return resolver;
}

} // namespace inference
