#include "host_code.hpp"

namespace tinysim {
namespace {

bool is_logical(Alu alu) {
    return alu != Alu::add && alu != Alu::adc && alu != Alu::sbc && alu != Alu::sub &&
           alu != Alu::rsb && alu != Alu::cmp && alu != Alu::cmn;
}

/// RRX and shifts by 32 are rare.
bool is_usual(const Op& op, Operand operand) {
    return operand == Operand::imm || operand == Operand::reg ||
           (operand != Operand::rrx && op.imm != 0 && op.imm < 32);
}

Emitter logical(Alu alu, Operand operand, bool set_flags) {
    return [=](HostCode& to, const Op& op) {
        if (!is_usual(op, operand))
            return false;
        to.logical(op, alu, operand, set_flags);
        return true;
    };
}

Emitter sum(Alu alu, Operand operand, bool set_flags) {
    return [=](HostCode& to, const Op& op) {
        if (!is_usual(op, operand) || alu == Alu::sbc || (alu == Alu::adc && set_flags))
            return false;
        to.sum(op, alu, operand, set_flags);
        return true;
    };
}

} // namespace

void add_data_processing(Emitters& all) {
    for (int number = 0; number <= static_cast<int>(Alu::cmn); ++number)
        for (int kind = 0; kind <= static_cast<int>(Operand::rrx); ++kind)
            for (const bool set_flags : {false, true}) {
                const auto alu = static_cast<Alu>(number);
                const auto operand = static_cast<Operand>(kind);
                const bool flags = set_flags || is_compare(alu);
                all[alu_handler(alu, operand, flags)] =
                    is_logical(alu) ? logical(alu, operand, flags) : sum(alu, operand, flags);
            }
    for (const Operand shift : {Operand::lsl, Operand::lsr, Operand::asr, Operand::ror})
        all[shift_handler(shift, false)] = always(&HostCode::shift, shift);
    for (const Extend extend : {Extend::sxtb, Extend::uxtb, Extend::sxth, Extend::uxth}) {
        all[extend_handler(extend, false)] = always(&HostCode::extend, extend, false);
        all[extend_handler(extend, true)] = always(&HostCode::extend, extend, true);
    }
    for (const Extend pair : {Extend::sxtb16, Extend::uxtb16})
        all[extend_handler(pair, false)] = always(&HostCode::extend, pair, false);
    all[reverse_handler(Reverse::rev)] = always(&HostCode::reverse_bytes);
    all[movt_handler()] = always(&HostCode::movt);
    all[bfi_handler()] = always(&HostCode::bfi);
    all[bfc_handler()] = always(&HostCode::bfc);
    all[ubfx_handler()] = always(&HostCode::ubfx);
    all[sbfx_handler()] = always(&HostCode::sbfx);
}

} // namespace tinysim
