*** Settings ***
Documentation       Keyword spotting on the NUCLEO-L4R5ZI.
Resource            resources/board.resource
Test Teardown       Close Board


*** Variables ***
${BENCHMARK}        kws
${SAMPLE}           20


*** Test Cases ***
The Board Boots And Says So
    The Firmware Should Boot As The Reference Does

The Firmware Tells What It Is
    The Firmware Should Be For    kws01

An Input Is Classified
    An Inference Should Give    12

A Window Times Every Inference In It
    A Window Should Time Every Inference In It

A Sample Of The Data Set Is Answered
    Answers Should Be Counted

The Same Run Twice Gives The Same Fingerprint
    Skip If    '${ENGINE}' == 'serial'    a real board's clock is its own
    Two Runs Should Be The Same

Latency Is Within The Baseline
    Latency Should Be Within The Baseline

In Energy Mode The Pin Tells The Time
    Energy Mode Should Time By The Pin

Every Wrong Command Is Answered By Its Error
    Boot Board    kws
    Command Should Fail    bogus    Unknown command: bogus
    Command Should Fail    db    Command 'db' requires a subcommand
    Command Should Fail    db load    Command 'db load' requires the # of bytes
    Command Should Fail    db load 0    Command 'db load' must be >0 bytes
    Command Should Fail    db abc    Insufficent number of hex digits
    Command Should Fail    db zz    Invalid hex digit 'zz'
    Command Should Fail    infer 0    Inference iterations must be >0
    Command Should Fail    infer 1 -1    Inference warmup must be >=0

More Bytes Than Fit Are Refused And Do No Harm
    Boot Board    kws
    Command Should Answer    db load 491    Supplied buffer size 491 exceeds maximum of 490
    Command Should Answer    name    m-name-dut-[unspecified]

The Buffer Is Printed Eight Bytes A Line
    Boot Board    kws
    Send Command    db load 9
    Command Should Answer    db 000102030405060708    m-load-done
    Command Should Answer    db print    m-buffer-00-01-02-03-04-05-06-07    m-buffer-08    ${EMPTY}

A Window Over The Wrap Of The Timestamp Has Its Right Length
    [Documentation]    The board's clock has 32 bits: it wraps after 4294.967 s.
    Skip If    '${ENGINE}' != 'builtin'    nobody waits 71 minutes
    Boot Board    kws
    Load Input    kws
    ${before}=    Infer    2    0
    ${now}=    Timestamp
    ${left}=    Evaluate    (2**32 - ${now}) / 1e6 - 0.07
    Let Time Pass    ${left}
    ${over}=    Infer    2    0
    ${wrapped}=    Timestamp
    Should Be True    ${wrapped} < ${now}
    Should Be True    abs(${over}[elapsed_us] - ${before}[elapsed_us]) < 1000

A Host At Another Rate Hears Only Noise
    Skip If    '${ENGINE}' != 'builtin'    the rate is the engine's
    Run Keyword And Expect Error    *no line at 9600 Bd*    Boot Board    kws    baud=9600

A Reset In The Middle Of A Command Leaves Nothing Behind
    Skip If    '${ENGINE}' == 'serial'    nobody presses the button
    Boot Board    kws
    Reset Within Command    db load 4
    Command Should Answer    name    m-name-dut-[unspecified]
    Command Should Fail    db 0g    Invalid hex digit '0g'
