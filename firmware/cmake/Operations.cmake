# Resolvers: which kernel computes which operation of a model, by tflm/operations.csv.

cmake_policy(VERSION 3.18) # what a script has not

get_filename_component(OPERATIONS_TABLE ${CMAKE_CURRENT_LIST_DIR}/../tflm/operations.csv ABSOLUTE)
set(OPERATIONS_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

# Writes the C++ table of the kernels for `wanted` to `file`: operations as NAME:TYPE, TYPE being
# that of the tensor which the table's column `data` names; an empty list stands for every
# operation. Kernels that nobody names are not linked. NAME:TYPE:general asks CONV_2D and
# DEPTHWISE_CONV_2D for what their quick kernels do not take.
function(write_operations file wanted)
  file(STRINGS ${OPERATIONS_TABLE} lines)
  list(POP_FRONT lines)
  set(declarations "")
  set(rows "")
  foreach(line ${lines})
    if(NOT line MATCHES "^([A-Z0-9_]+),([0-9]+),([a-z0-9 ]+),([0-9]+)-([0-9]+),(ours|TFLM),")
      message(FATAL_ERROR "${OPERATIONS_TABLE}: not a row: ${line}")
    endif()
    set(operation ${CMAKE_MATCH_1})
    set(data ${CMAKE_MATCH_2})
    set(first ${CMAKE_MATCH_4})
    set(last ${CMAKE_MATCH_5})
    set(kernel ${CMAKE_MATCH_6})
    string(REPLACE " " ";" types "${CMAKE_MATCH_3}")
    set(chosen "")
    foreach(type ${types})
      if(NOT wanted OR "${operation}:${type}" IN_LIST wanted)
        list(APPEND chosen "of(kTfLite_${type})")
      endif()
    endforeach()
    if(NOT chosen)
      continue()
    endif()
    list(JOIN chosen " | " chosen)
    set(function Register_${operation})
    if(kernel STREQUAL ours)
      set(scope kernels)
      # A row without int8 has a kernel of its own, which images of int8 do without.
      if(NOT int8 IN_LIST types)
        list(GET types 0 first_type)
        string(APPEND function _${first_type})
      endif()
      string(APPEND declarations "namespace kernels { TfLiteRegistration* ${function}(); }\n")
    else()
      set(scope tflite::ops::micro)
    endif()
    string(APPEND rows "    {tflite::BuiltinOperator_${operation}, ${data}, ${first}, ${last}, "
           "${chosen}, ${scope}::${function}},\n")
  endforeach()
  if(wanted MATCHES ":general")
    string(APPEND declarations "extern const auto general = kernels::finish_taps;\n")
  endif()
  file(CONFIGURE OUTPUT ${file} @ONLY CONTENT [[
#include "tensorflow/lite/micro/kernels/micro_ops.h"
#include "tflm/operations.hpp"
#include "tflm/taps.hpp"

@declarations@
const inference::Operation inference::operations[] = {
@rows@};
const std::size_t inference::operation_count = sizeof operations / sizeof *operations;
]])
endfunction()

# The same for today's TFLM, whose resolver has a method for each operation: which, its header says.
function(write_todays_operations file wanted header)
  file(READ ${header} text)
  string(REGEX REPLACE "[;\n]" " " text "${text}")
  string(REGEX MATCHALL "TfLiteStatus Add[A-Za-z0-9_]+\\([^{]*{[^}]*}" methods "${text}")
  set(kinds ${wanted})
  list(TRANSFORM kinds REPLACE ":.*" "")
  list(REMOVE_DUPLICATES kinds)
  set(calls "")
  foreach(kind ${kinds})
    set(method "")
    foreach(candidate ${methods})
      if(candidate MATCHES "BuiltinOperator_${kind}[^A-Z0-9_]")
        string(REGEX MATCH "Add[A-Za-z0-9_]+" method "${candidate}")
      endif()
    endforeach()
    if(NOT method)
      message(FATAL_ERROR "error: this TFLM has no operation ${kind}")
    endif()
    string(APPEND calls "        resolver.${method}();\n")
  endforeach()
  list(LENGTH kinds count)
  file(CONFIGURE OUTPUT ${file} @ONLY CONTENT [[
#include "tflm/resolver.hpp"

const tflite::MicroOpResolver& inference::op_resolver() {
    static tflite::MicroMutableOpResolver<@count@> resolver;
    static bool made;
    if (!made) {
        made = true;
@calls@    }
    return resolver;
}
]])
endfunction()

# The same while building: `wanted` is a file with an operation a line.
function(add_operations file wanted)
  add_custom_command(
    OUTPUT ${file}
    COMMAND ${CMAKE_COMMAND} -DOPERATIONS_FILE=${file} -DOPERATIONS_WANTED=${wanted}
            -DOPERATIONS_HEADER=${OPERATIONS_HEADER} -P ${OPERATIONS_SCRIPT}
    DEPENDS ${wanted} ${OPERATIONS_TABLE} ${OPERATIONS_SCRIPT}
    VERBATIM)
endfunction()

if(CMAKE_SCRIPT_MODE_FILE AND OPERATIONS_FILE)
  file(STRINGS ${OPERATIONS_WANTED} wanted)
  if(OPERATIONS_HEADER)
    write_todays_operations(${OPERATIONS_FILE} "${wanted}" ${OPERATIONS_HEADER})
  else()
    write_operations(${OPERATIONS_FILE} "${wanted}")
  endif()
endif()
