# Today's TensorFlow Lite for Microcontrollers: the library `tflm` from the user's own checkout,
# TFLM_DIR. A library that was built there for this core is linked as it is; else its sources are
# compiled, with CMSIS-NN where the checkout has that among its downloads.

get_filename_component(TFLM_DIR ${TFLM_DIR} ABSOLUTE)
set(micro ${TFLM_DIR}/tensorflow/lite/micro)
set(OPERATIONS_HEADER ${micro}/micro_mutable_op_resolver.h)
if(NOT EXISTS ${OPERATIONS_HEADER})
  message(FATAL_ERROR "${TFLM_DIR} is no checkout of today's TensorFlow Lite for Microcontrollers")
endif()

# Where `make third_party_downloads` or a project made of the checkout puts other people's code.
set(includes ${TFLM_DIR})
foreach(folder ${micro}/tools/make/downloads ${TFLM_DIR}/third_party)
  foreach(part flatbuffers/include gemmlowp ruy kissfft cmsis_nn cmsis_nn/Include
               cmsis/CMSIS/Core/Include)
    if(IS_DIRECTORY ${folder}/${part})
      list(APPEND includes ${folder}/${part})
    endif()
  endforeach()
  if(IS_DIRECTORY ${folder}/cmsis_nn/Source)
    set(cmsis_nn ${folder}/cmsis_nn/Source)
  endif()
endforeach()
set(definitions TF_LITE_STATIC_MEMORY NDEBUG GEMMLOWP_ALLOW_SLOW_SCALAR_FALLBACK)

file(GLOB built ${TFLM_DIR}/gen/cortex_m_generic_cortex-m4+fp_*/lib/libtensorflow-microlite.a)
if(built)
  # The one with CMSIS-NN sorts behind the plain one.
  list(SORT built)
  list(GET built -1 library)
  add_library(tflm STATIC IMPORTED GLOBAL)
  set_target_properties(tflm PROPERTIES IMPORTED_LOCATION ${library}
                                        INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${includes}"
                                        INTERFACE_COMPILE_DEFINITIONS "${definitions}")
  return()
endif()

file(GLOB sources ${micro}/*.cc ${micro}/arena_allocator/*.cc ${micro}/memory_planner/*.cc
     ${micro}/tflite_bridge/*.cc ${TFLM_DIR}/tensorflow/lite/kernels/*.cc
     ${TFLM_DIR}/tensorflow/lite/kernels/internal/*.cc
     ${TFLM_DIR}/tensorflow/lite/kernels/internal/reference/*.cc ${TFLM_DIR}/tensorflow/lite/*.cc)
file(GLOB_RECURSE core ${TFLM_DIR}/tensorflow/lite/core/*.cc ${TFLM_DIR}/tensorflow/compiler/*.cc)
file(GLOB kernels ${micro}/kernels/*.cc)
list(APPEND sources ${core})
# What is for tests, or of the board and here already.
list(FILTER sources EXCLUDE REGEX
     "(_test|/test_[a-z_]+|/(fake|mock)_[a-z_]+|/(debug_log|micro_time|system_setup))\\.cc$")
list(FILTER kernels EXCLUDE REGEX "(_test|/kernel_runner)\\.cc$")
if(cmsis_nn)
  file(GLOB quick ${micro}/kernels/cmsis_nn/*.cc)
  foreach(source ${quick})
    get_filename_component(file ${source} NAME)
    list(REMOVE_ITEM kernels ${micro}/kernels/${file})
  endforeach()
  file(GLOB_RECURSE functions ${cmsis_nn}/*.c)
  list(FILTER functions EXCLUDE REGEX "(_f16|_f32|_flt)\\.c$")
  list(APPEND kernels ${quick} ${functions})
  list(APPEND definitions CMSIS_NN ARM_NN_ENABLE_F16=0 ARM_NN_ENABLE_F32=0)
endif()

add_library(tflm STATIC ${sources} ${kernels})
target_include_directories(tflm SYSTEM PUBLIC ${includes})
target_compile_definitions(tflm PUBLIC ${definitions})
# The warnings of these sources are theirs; so are the levels of optimization.
target_compile_options(tflm PRIVATE -w -Os -ffile-prefix-map=${TFLM_DIR}=tflm
                                    $<$<COMPILE_LANGUAGE:CXX>:-std=c++17>)
set_source_files_properties(${kernels} PROPERTIES COMPILE_OPTIONS -O2)
