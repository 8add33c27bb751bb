#include "host_code.hpp"

namespace tinysim {

void add_multiply(Emitters& all) {
    for (const bool set_flags : {false, true})
        all[mul_handler(set_flags)] = always(&HostCode::multiply, set_flags);
    for (const bool subtract : {false, true})
        all[mla_handler(subtract)] = always(&HostCode::multiply_accumulate, subtract);
    for (const Long kind : {Long::smull, Long::umull, Long::smlal, Long::umlal})
        all[long_multiply_handler(kind)] = always(&HostCode::multiply_long, kind);
    for (const bool accumulate : {false, true}) {
        for (const bool top_n : {false, true})
            for (const bool top_m : {false, true})
                all[half_multiply_handler(accumulate, top_n, top_m)] =
                    always(&HostCode::multiply_halves, accumulate, top_n, top_m);
        all[dual_multiply_handler(accumulate, false, false)] =
            always(&HostCode::multiply_dual, accumulate);
    }
    for (const Most kind : {Most::smmul, Most::smmla})
        for (const bool round : {false, true})
            all[most_significant_multiply_handler(kind, round)] =
                always(&HostCode::multiply_most, kind, round);
}

} // namespace tinysim
