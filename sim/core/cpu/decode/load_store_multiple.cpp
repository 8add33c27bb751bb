#include "encoding.hpp"

namespace tinysim {
namespace {

struct Transfer {
    unsigned base;
    u32 list;
    bool decrement;
    bool write_back;
};

u32 to_address(Decoded& out, const Transfer& transfer, Kind kind) {
    const unsigned count = static_cast<unsigned>(__builtin_popcount(transfer.list));
    out.base(transfer.base);
    if (transfer.write_back)
        out.written_base(transfer.base);
    out.op.decrement = transfer.decrement;
    out.op.imm = transfer.list;
    out.op.aux = count;
    out.memory(kind, 4, count);
    return transfer.list;
}

void load(Decoded& out, const Transfer& transfer) {
    const u32 list = to_address(out, transfer, Kind::load_multiple);
    const bool to_pc = bit<15>(list);
    out.info.destinations |= static_cast<u16>(list & 0x7FFF);
    out.ends = out.info.writes_pc = to_pc;
    out.run(load_multiple_handler(transfer.decrement, transfer.write_back, to_pc));
}

void store(Decoded& out, const Transfer& transfer) {
    const u32 list = to_address(out, transfer, Kind::store_multiple);
    out.info.sources |= static_cast<u16>(list);
    out.run(store_multiple_handler(transfer.decrement, transfer.write_back));
}

bool is_empty(u32 list) { return list == 0; }

/// A list of fewer than two registers is UNPREDICTABLE in the 32-bit encodings.
bool is_short(u32 list) { return (list & (list - 1)) == 0; }

u32 load_list(const Fields& f) { return f['P'] << 15 | f['M'] << 14 | f['r']; }

u32 store_list(const Fields& f) { return f['M'] << 14 | f['r']; }

void load_low(Decoded& out, const Fields& f) {
    const u32 list = f['r'];
    if (is_empty(list))
        return out.undefined();
    load(out, {f['n'], list, false, (list >> f['n'] & 1) == 0});
}

void store_low(Decoded& out, const Fields& f) {
    if (is_empty(f['r']))
        return out.undefined();
    store(out, {f['n'], f['r'], false, true});
}

void pop_low(Decoded& out, const Fields& f) {
    const u32 list = f['P'] << 15 | f['r'];
    if (is_empty(list))
        return out.undefined();
    load(out, {13, list, false, true});
}

void push_low(Decoded& out, const Fields& f) {
    if (is_empty(store_list(f)))
        return out.undefined();
    store(out, {13, store_list(f), true, true});
}

template <bool decrement> void load_any(Decoded& out, const Fields& f) {
    if (is_short(load_list(f)) || f['n'] == 15)
        return out.undefined();
    load(out, {f['n'], load_list(f), decrement, f['W'] != 0});
}

template <bool decrement> void store_any(Decoded& out, const Fields& f) {
    if (is_short(store_list(f)) || f['n'] == 15)
        return out.undefined();
    store(out, {f['n'], store_list(f), decrement, f['W'] != 0});
}

void pop(Decoded& out, const Fields& f) {
    if (is_short(load_list(f)))
        return out.undefined();
    load(out, {13, load_list(f), false, true});
}

void push(Decoded& out, const Fields& f) {
    if (is_short(store_list(f)))
        return out.undefined();
    store(out, {13, store_list(f), true, true});
}

/// PUSH and POP of one register are no multiple transfer: STR and LDR with the base written.
void pop_one(Decoded& out, const Fields& f) {
    const unsigned t = f['t'];
    out.base(13);
    out.written_base(13);
    out.op.imm = 4;
    out.op.rd = static_cast<u8>(t);
    out.memory(Kind::load, 4);
    if (t == 15) {
        out.ends = out.info.writes_pc = true;
        return out.run(load_pc_handler(Address::post));
    }
    out.destination(t);
    out.run(load_handler(Width::word, Address::post));
}

void push_one(Decoded& out, const Fields& f) {
    out.base(13);
    out.written_base(13);
    out.op.imm = 0u - 4;
    out.op.rd = static_cast<u8>(f['t']);
    out.source(f['t']);
    out.memory(Kind::store, 4);
    out.run(store_handler(Width::word, Address::pre));
}

// r: register_list without PC (P) and LR (M)
// clang-format off
constexpr Encoding encodings[] = {
    {"LDM, LDMIA, LDMFD", "T1", "11001nnnrrrrrrrr",                    load_low},
    {"LDM, LDMIA, LDMFD", "T2", "1110100010W1nnnn PM(0)rrrrrrrrrrrrr", load_any<false>},
    {"LDMDB, LDMEA",      "T1", "1110100100W1nnnn PM(0)rrrrrrrrrrrrr", load_any<true>},
    {"POP",               "T1", "1011110Prrrrrrrr",                    pop_low},
    {"POP",               "T2", "1110100010111101 PM(0)rrrrrrrrrrrrr", pop},
    {"POP",               "T3", "1111100001011101 tttt101100000100",   pop_one},
    {"PUSH",              "T1", "1011010Mrrrrrrrr",                    push_low},
    {"PUSH",              "T2", "1110100100101101 0M(0)rrrrrrrrrrrrr", push},
    {"PUSH",              "T3", "1111100001001101 tttt110100000100",   push_one},
    {"STM, STMIA, STMEA", "T1", "11000nnnrrrrrrrr",                    store_low},
    {"STM, STMIA, STMEA", "T2", "1110100010W0nnnn 0M(0)rrrrrrrrrrrrr", store_any<false>},
    {"STMDB, STMFD",      "T1", "1110100100W0nnnn 0M(0)rrrrrrrrrrrrr", store_any<true>},
};
// clang-format on

} // namespace

Family load_store_multiple() { return {"load and store multiple", encodings}; }

} // namespace tinysim
