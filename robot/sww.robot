*** Settings ***
Documentation       Streaming wake word on the NUCLEO-L4R5ZI: it listens, and two pins tell.
Resource            resources/board.resource
Suite Setup         Skip If    '${ENGINE}' != 'builtin'    sounds can be played to the builtin engine's board
Test Teardown       Close Board


*** Variables ***
${BENCHMARK}        sww


*** Test Cases ***
The Board Boots And Says So
    The Firmware Should Boot As The Reference Does

Every Command Is Echoed
    Boot Board    ${BENCHMARK}
    Command Should Answer    name    Received command: name    m-name-dut-[tinysim]
    Command Should Answer    profile    Received command: profile
    ...    m-profile-[MLPerf Tiny Firmware V0.1.0]    m-model-[sww01]
    Command Should Answer    infer 1 0    Received command: infer 1 0    Unrecognized command infer
    Command Should Answer    stop    Received command: stop
    ...    I2S is already idle.${SPACE * 2}Ignoring stop request

Starting Twice Is Starting Once
    Boot Board    ${BENCHMARK}
    ${first}=    Send Command    start
    Should Be Equal    ${first}[-1]    DMA receive initiated.
    ${second}=    Send Command    start
    Should Be Equal    ${second}[-1]    I2S Rx currently in progress. Ignoring request
    ${stopped}=    Send Command    stop
    Should Contain    ${stopped}    Streaming stopped.

The Board Keeps Up And Sleeps
    ${result}=    Run Benchmark    ${BENCHMARK}
    Should Be True    0 < ${result.streaming.duty_cycle} < 1
    Should Be True    abs(${result.streaming.period_us} - 32000) < 10
    Should Not Be True    ${result.is_missed}

The Same Run Twice Gives The Same Fingerprint
    Two Runs Should Be The Same

Processing Time Is Within The Baseline
    Latency Should Be Within The Baseline

Words Are Heard In Their Windows
    ${result}=    Run Benchmark    ${BENCHMARK}    accuracy    tier=T2
    IF    $result.streaming.scored
        ${hits}    ${misses}    ${wrong}=    Evaluate    $result.streaming.counts
        Should Be True    ${hits} > 0
        Should Be True    ${wrong} <= 8
    END

In Energy Mode The Pin Tells The Time
    ${lines}=    Boot Board    ${BENCHMARK}    mode=energy
    Should Be Equal    ${lines}[0]    m-timestamp-mode-energy
    Falling Edges
    Send Command    start
    Send Command    stop
    ${edges}=    Falling Edges
    Length Should Be    ${edges}    2
    ${result}=    Run Benchmark    ${BENCHMARK}    energy    tier=T2
    Should Be Equal As Integers    ${result.baud}    9600
    Should Be True    ${result.streaming.timed_us} > 4000000
