# TensorFlow Lite for Microcontrollers: the library `tflm`, from the sources that cargo keeps,
# or the user's own library (-DTFLM_LIBRARY=... -DTFLM_INCLUDE=...).

set(TFLM_LIBRARY "" CACHE FILEPATH "A libtensorflow-microlite.a of the vintage of July 2020")
set(TFLM_INCLUDE "" CACHE STRING "Its include directories")

if(TFLM_LIBRARY)
  add_library(tflm STATIC IMPORTED)
  set_target_properties(tflm PROPERTIES IMPORTED_LOCATION "${TFLM_LIBRARY}"
                                        INTERFACE_INCLUDE_DIRECTORIES "${TFLM_INCLUDE}")
else()
  set(manifest ${CMAKE_CURRENT_LIST_DIR}/../tflm/Cargo.toml)
  set(target thumbv7em-none-eabihf)
  find_program(CARGO cargo REQUIRED)
  execute_process(
    COMMAND ${CARGO} fetch --quiet --locked --manifest-path ${manifest} --target ${target}
    RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "cargo could not fetch TensorFlow Lite for Microcontrollers (tfmicro)")
  endif()
  execute_process(
    COMMAND ${CARGO} metadata --locked --offline --format-version 1 --filter-platform ${target}
            --manifest-path ${manifest}
    OUTPUT_VARIABLE metadata COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCH "\"manifest_path\":\"([^\"]*/tfmicro-0\\.1\\.0)/Cargo\\.toml\"" _ "${metadata}")
  if(NOT CMAKE_MATCH_1)
    message(FATAL_ERROR "cargo does not say where the sources of tfmicro lie")
  endif()
  set(TFLM_ROOT ${CMAKE_MATCH_1}/submodules/tensorflow)
  set(lite ${TFLM_ROOT}/tensorflow/lite)
  set(downloads ${lite}/micro/tools/make/downloads)

  file(GLOB sources ${lite}/micro/*.cc ${lite}/micro/kernels/*.cc ${lite}/micro/memory_planner/*.cc)
  list(FILTER sources EXCLUDE REGEX "(_test|/debug_log|/test_helpers)\\.cc$")
  foreach(part error_reporter flatbuffer_conversions op_resolver tensor_utils)
    list(APPEND sources ${lite}/core/api/${part}.cc)
  endforeach()
  list(APPEND sources ${lite}/kernels/internal/quantization_util.cc ${lite}/kernels/kernel_util.cc
       ${lite}/c/common.c)

  add_library(tflm STATIC ${sources})
  target_include_directories(tflm SYSTEM PUBLIC ${TFLM_ROOT} ${downloads} ${downloads}/gemmlowp
                                                ${downloads}/flatbuffers/include ${downloads}/ruy)
  # NDEBUG: a debug check of this vintage takes a legal input offset of 128 for an overflow.
  target_compile_definitions(tflm PUBLIC TF_LITE_STATIC_MEMORY TF_LITE_MCU_DEBUG_LOG
                                         GEMMLOWP_ALLOW_SLOW_SCALAR_FALLBACK NDEBUG)
  # The warnings of these sources are theirs.
  # Products and sums of floats are rounded each, as on the host.
  target_compile_options(tflm PRIVATE -w -O2 -ffp-contract=off $<$<COMPILE_LANGUAGE:CXX>:-std=c++11>)
  target_compile_options(tflm PRIVATE -ffile-prefix-map=${TFLM_ROOT}=tflm)
endif()
