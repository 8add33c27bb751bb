#pragma once

#include "decoded.hpp"
#include "pattern.hpp"

#include <span>

namespace tinysim {

/// The fields of one code, by the letters of its pattern.
class Fields {
public:
    Fields(const Pattern& pattern, u32 code) : pattern_(pattern), code_(code) {}
    u32 operator[](char letter) const { return pattern_.field(letter, code_); }

private:
    const Pattern& pattern_;
    u32 code_;
};

/// One encoding of one instruction, as chapter A7 of the ARMv7-M manual (DDI0403) has it.
///
/// Where several patterns match a code, the one with the most fixed bits is meant: MOV is an ORR
/// whose first operand is PC. Of those with as many, it is the first in the order of `families`.
struct Encoding {
    const char* name;  ///< the heading of its section
    const char* label; ///< T1, T2 ...
    Pattern pattern;
    /// Fills in what the fields say; Decoded::see_another leaves the code to the next encoding.
    void (*translate)(Decoded&, const Fields&);
};

/// The instructions of one kind: a file of tables.
struct Family {
    const char* name;
    std::span<const Encoding> encodings;
};

Family data_processing_immediate();
Family data_processing_register();
Family bit_fields();
Family multiply();
Family dsp();
Family load_store();
Family load_store_multiple();
Family load_store_double();
Family branch();
Family control();
Family fp_data_processing();
Family fp_transfer();
Family coprocessor();

/// All of them; a code that none of them takes is undefined.
std::span<const Family> families();

/// The encoding that takes a code; nullptr: none. A 32-bit code has its first half-word on top.
const Encoding* find_encoding(u32 code);

/// `out` has the address and the IT state already.
void decode(Decoded& out, u32 code);

} // namespace tinysim
