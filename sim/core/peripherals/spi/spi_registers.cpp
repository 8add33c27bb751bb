#include "spi_registers.hpp"

namespace tinysim::spi {

using enum Bits;

RegisterMap registers() {
    return {
        {0x00,
         "CR1",
         0,
         {{"CPHA", 0, stored},
          {"CPOL", 1, stored},
          {"MSTR", 2},
          {"BR", 5, 3},
          {"SPE", 6},
          {"LSBFIRST", 7, stored},
          {"SSI", 8},
          {"SSM", 9},
          {"RXONLY", 10},
          {"CRCL", 11},
          {"CRCNEXT", 12},
          {"CRCEN", 13},
          {"BIDIOE", 14},
          {"BIDIMODE", 15}}},
        {0x04,
         "CR2",
         0x700,
         {{"RXDMAEN", 0},
          {"TXDMAEN", 1},
          {"SSOE", 2, stored},
          {"NSSP", 3, stored},
          {"FRF", 4, unmodelled},
          {"ERRIE", 5},
          {"RXNEIE", 6},
          {"TXEIE", 7},
          {"DS", 11, 8},
          {"FRXTH", 12},
          {"LDMA_RX", 13, stored},
          {"LDMA_TX", 14, stored}}},
        {0x08, "SR", 2, {{"CRCERR", 4, clear_by_0}}},
        {0x0C, "DR", 0, status, 16},
        {crcpr, "CRCPR", 7, modelled, 16},
        {rxcrcr, "RXCRCR", 0, status, 16},
        {txcrcr, "TXCRCR", 0, status, 16},
    };
}

} // namespace tinysim::spi
