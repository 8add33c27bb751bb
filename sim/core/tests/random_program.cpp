#include "random_program.hpp"

#include "../cpu/decode/encoding.hpp"

namespace tinysim {
namespace {

constexpr u32 always = 14;

/// The encodings that random instructions are drawn from.
const std::vector<const Encoding*>& drawable() {
    static const std::vector<const Encoding*> all = [] {
        std::vector<const Encoding*> found;
        for (const Family& family :
             {data_processing_immediate(), data_processing_register(), bit_fields(), multiply(),
              dsp(), load_store(), load_store(), load_store_multiple(), load_store_double(),
              load_store_double(), fp_data_processing(), fp_transfer()})
            for (const Encoding& encoding : family.encodings)
                found.push_back(&encoding);
        return found;
    }();
    return all;
}

constexpr u16 registers(u32 first, u32 last) {
    return static_cast<u16>((2u << last) - (1u << first));
}

} // namespace

RandomProgram::RandomProgram(Generator& random, u32 at, const std::vector<u32>& places,
                             Awaited awaited)
    : random_(random), at_(at), places_(places), awaited_(awaited) {
    const u32 loops = 2 + below(12);
    for (u32 i = 0; i < loops; ++i) {
        switch (below(9)) {
        case 0:
            wait_for_tick();
            break;
        case 1:
            wait_for_port();
            break;
        case 2:
            wait_counting();
            break;
        default:
            loop();
        }
    }
    branch_back(at_, always);
}

void RandomProgram::half(u32 value) {
    bytes_.push_back(static_cast<char>(value & 0xFF));
    bytes_.push_back(static_cast<char>(value >> 8 & 0xFF));
}

void RandomProgram::wide(u32 code) {
    half(code >> 16);
    half(code & 0xFFFF);
}

/// MOVW and MOVT.
void RandomProgram::load_constant(u32 reg, u32 value) {
    for (const u32 top : {0u, 1u}) {
        const u32 part = top != 0 ? value >> 16 : value & 0xFFFF;
        wide((top != 0 ? 0xF2C00000 : 0xF2400000) | part >> 12 << 16 | (part >> 11 & 1) << 26 |
             (part >> 8 & 7) << 12 | reg << 8 | (part & 0xFF));
    }
}

void RandomProgram::set_bases() {
    for (u32 reg = first_base; reg <= last_base; ++reg)
        load_constant(reg, places_[below(static_cast<u32>(places_.size()))] + below(64) * 4 +
                               (below(8) == 0 ? below(4) : 0));
    load_constant(index, below(16));
}

/// One that writes none of the registers that the rest needs, and accesses memory by a base.
void RandomProgram::random_instruction(u32 it_state) {
    constexpr u16 kept =
        registers(first_base, last_base) | registers(index, counter) | registers(13, 15);
    constexpr u16 bases = registers(first_base, last_base);
    for (;;) {
        const Pattern& pattern = drawable()[below(static_cast<u32>(drawable().size()))]->pattern;
        const u32 free = pattern.width() == 32 ? 0xFFFFFFFF : 0xFFFF;
        const u32 code =
            (pattern.value() | (static_cast<u32>(random_()) & ~pattern.fixed())) & free;
        if (pattern.width() == 16 && code >= 0xE800)
            continue;
        Decoded out;
        out.op.pc = out.info.pc = here();
        out.info.it_state = static_cast<u8>(it_state);
        decode(out, code);
        const Instruction& info = out.info;
        const u32 written = info.destinations & ~u32{info.base_writeback};
        const bool fits = !out.ends && !out.direct && info.kind != Kind::it &&
                          info.kind != Kind::system && (written & kept) == 0 &&
                          (info.base_writeback & ~bases) == 0;
        if (!fits || (pattern.width() == 32) != (code >> 16 != 0))
            continue;
        if (accesses_memory(info.kind)) {
            // A literal's address is PC's; an index is the one that is small.
            const u32 address = info.address_sources & ~(1u << 15);
            const u32 others = address & ~u32{bases};
            const bool indexed = info.register_offset && others == 1u << index;
            if ((others != 0 && !indexed) || (info.address_sources >> 15 != 0) ||
                (info.address_sources == 0 && is_store(info.kind)))
                continue;
        }
        if (pattern.width() == 32)
            wide(code);
        else
            half(code);
        return;
    }
}

void RandomProgram::it_block() {
    const u32 condition = below(14);
    const u32 covered = 1 + below(4);
    // The mask: for each further instruction the condition's last bit or its opposite, then a 1.
    u32 mask = 0;
    for (u32 i = 1; i < covered; ++i)
        mask = mask << 1 | below(2);
    mask = (mask << 1 | 1) << (4 - covered);
    half(0xBF00 | condition << 4 | mask);
    u32 state = condition << 4 | mask;
    for (u32 i = 0; i < covered; ++i) {
        random_instruction(state);
        state = (state & 7) == 0 ? 0 : (state & 0xE0) | (state << 1 & 0x1F);
    }
}

/// Over one to three instructions.
void RandomProgram::forward_branch() {
    const std::size_t branch = bytes_.size();
    const bool compares = below(4) == 0; // CBZ or CBNZ
    half(compares ? 0xB100 | below(2) << 11 | below(8) : 0xD000 | below(14) << 8);
    const u32 over = 1 + below(3);
    for (u32 i = 0; i < over; ++i)
        random_instruction(0);
    const std::size_t distance = bytes_.size() - branch - 4;
    bytes_[branch] |= static_cast<char>(compares ? distance / 2 << 3 : distance / 2);
    if (bytes_.size() < branch + 4) // it must not lead into what comes next
        half(0xBF00);
}

/// B to a function that comes right behind, and is left by BX.
void RandomProgram::call() {
    wide(0xF000F802); // bl +4: over the branch
    half(0xE000);     // b over what follows: patched below
    const std::size_t skip = bytes_.size() - 2;
    half(0xBF00);
    const u32 length = 1 + below(4);
    for (u32 i = 0; i < length; ++i)
        random_instruction(0);
    half(0x4770); // bx lr
    bytes_[skip] = static_cast<char>((bytes_.size() - skip - 4) / 2);
}

void RandomProgram::loop() {
    set_bases();
    wide(0xF3808800 | below(8) << 16); // msr apsr_nzcvq, rN: or Q, once set, would stay so
    load_constant(counter, 1 + below(below(4) == 0 ? 300 : 12));
    if (below(2) != 0)
        half(0xBF00);
    const u32 head = here();
    const u32 length = 1 + below(below(3) == 0 ? 60 : 12);
    for (u32 i = 0; i < length; ++i) {
        const u32 kind = below(24);
        if (kind == 0)
            it_block();
        else if (kind == 1)
            forward_branch();
        else if (kind == 2)
            call();
        else if (kind == 3)
            set_bases();
        else
            random_instruction(0);
    }
    wide(0xF1BB0B01); // subs.w r11, r11, #1
    branch_back(head, 1);
}

/// B.W; with a condition over a branch of the opposite one, or where it reaches B with it.
void RandomProgram::branch_back(u32 to, u32 condition) {
    const u32 distance = to - (here() + 4);
    if (condition != always && static_cast<i32>(distance) >= -256 && below(2) == 0)
        return half(0xD000 | condition << 8 | (distance >> 1 & 0xFF));
    if (condition != always)
        half(0xD001 | (condition ^ 1) << 8); // over the next two half-words
    jump(0xF0009000, to);
}

/// B.W, or BL.
void RandomProgram::jump(u32 code, u32 to) {
    const u32 distance = to - (here() + 4);
    const u32 sign = distance >> 24 & 1;
    const u32 j1 = (distance >> 23 & 1) ^ sign ^ 1;
    const u32 j2 = (distance >> 22 & 1) ^ sign ^ 1;
    wide(code | sign << 26 | (distance >> 12 & 0x3FF) << 16 | j1 << 13 | j2 << 11 |
         (distance >> 1 & 0x7FF));
}

/// What a waiting loop may do besides, with the same result each time.
void RandomProgram::wait_filler() {
    static constexpr u16 choices[] = {0xBF00, 0x2203, 0xB2D3, 0x4613, 0x2A02, 0x0893};
    for (u32 left = below(4); left != 0; --left)
        half(choices[below(static_cast<u32>(std::size(choices)))]);
    if (below(3) == 0) { // ite cs; movcs r3, #1; movcc r3, #0
        half(0xBF2C);
        half(0x2301);
        half(0x2300);
    }
}

/// LDR r1, [r4], or a call of the function that does so.
void RandomProgram::read_ticks(u32 function) {
    if (below(2) == 0)
        half(0x6821);
    else
        jump(0xF000D000, function);
}

/// Until the word that an interrupt changes is another one.
void RandomProgram::wait_for_tick() {
    load_constant(first_base, awaited_.ticks);
    half(0xE001); // over the function
    const u32 function = here();
    half(0x6821); // ldr r1, [r4]
    half(0x4770); // bx lr
    half(0x6820); // ldr r0, [r4]
    const u32 head = here();
    wait_filler();
    read_ticks(function);
    wait_filler();
    half(0x4281); // cmp r1, r0
    branch_back(head, 0);
}

/// Sends a byte and looks at ISR until TC is set, or ticks have passed.
void RandomProgram::wait_for_port() {
    load_constant(first_base, awaited_.ticks);
    load_constant(first_base + 1, awaited_.port);
    half(0xE001);
    const u32 function = here();
    half(0x6821);
    half(0x4770);
    half(0x6820); // ldr r0, [r4]
    half(0x62A8); // str r0, [r5, #0x28]: TDR
    const u32 head = here();
    half(0x69EA); // ldr r2, [r5, #0x1C]: ISR
    half(0x0652); // lsls r2, r2, #25: TC is N
    const std::size_t done = bytes_.size();
    half(0xD400); // bmi: patched below
    wait_filler();
    read_ticks(function);
    half(0x1A09);             // subs r1, r1, r0
    half(0x2900 | below(40)); // cmp r1, #...
    branch_back(head, 9);     // bls
    bytes_[done] = static_cast<char>((bytes_.size() - done - 4) / 2);
}

/// Counts down, and may add up what a clock says meanwhile in a word behind the ticks.
void RandomProgram::wait_counting() {
    load_constant(first_base, awaited_.clocks[below(2)] - 0x24);
    load_constant(first_base + 1, awaited_.ticks);
    load_constant(0, 1 + below(3000));
    half(0x2300); // movs r3, #0
    const u32 head = here();
    for (u32 left = below(5); left != 0; --left) {
        if (below(4) != 0) {
            half(0xBF00);
        } else {
            half(0x6A61); // ldr r1, [r4, #0x24]
            half(0x185B); // adds r3, r3, r1
        }
    }
    half(0x3801); // subs r0, #1
    branch_back(head, 1);
    half(0x686A); // ldr r2, [r5, #4]
    half(0x18D2); // adds r2, r2, r3
    half(0x606A); // str r2, [r5, #4]
}

} // namespace tinysim
