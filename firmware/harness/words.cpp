#include "harness/words.hpp"

namespace harness {

char* next_word(char*& rest) {
    while (*rest == ' ')
        ++rest;
    if (*rest == '\0')
        return nullptr;
    char* word = rest;
    while (*rest != '\0' && *rest != ' ')
        ++rest;
    if (*rest == ' ')
        *rest++ = '\0';
    return word;
}

int digit(char character) {
    if (character >= '0' && character <= '9')
        return character - '0';
    if (character >= 'a' && character <= 'f')
        return character - 'a' + 10;
    if (character >= 'A' && character <= 'F')
        return character - 'A' + 10;
    return -1;
}

} // namespace harness
