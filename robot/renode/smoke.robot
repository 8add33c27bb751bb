*** Comments ***
Smoke test of the Renode platform, for Renode's own runner:
    renode-test --variable IMAGE:/path/to/kws01.bin --variable INPUT:/path/to/input.bin --variable CLASS:7 robot/renode/smoke.robot
IMAGE is a keyword spotting firmware with the MLPerf Tiny protocol on LPUART1.


*** Settings ***
Test Tags           renode-test
Suite Setup         Setup
Suite Teardown      Teardown
Test Setup          Boot The Board
Test Teardown       Test Teardown
Resource            ${RENODEKEYWORDS}


*** Variables ***
# renode-test gives its own.
${RENODEKEYWORDS}   ${CURDIR}/../resources/empty.resource
${BOARD}            ${CURDIR}/../../platforms/nucleo_l4r5zi.resc
${IMAGE}            ${EMPTY}
${INPUT}            ${EMPTY}
${CLASS}            7


*** Test Cases ***
The Firmware Tells Its Model
    Ask                     profile
    Wait For Line On Uart   m-model-[kws01]
    Wait For Line On Uart   m-ready

An Unknown Command Is An Error And Not The End
    Ask                     bogus
    Wait For Line On Uart   e-[Unknown command: bogus]
    Wait For Line On Uart   m-ready

An Input Is Classified
    Load Input              ${INPUT}
    ${microseconds}         ${scores}=    Infer
    Largest Should Be At    ${scores}    ${CLASS}
    Should Be True          10000 < ${microseconds} < 200000

The Second Inference Takes As Long As The First
    Load Input              ${INPUT}
    ${first}                ${scores}=    Infer
    ${second}               ${same}=      Infer
    Should Be Equal         ${scores}     ${same}
    Should Be True          abs(${first} - ${second}) <= 2

Time Is Counted In Instructions
    Load Input              ${INPUT}
    ${before}=              Executed Instructions
    ${microseconds}         ${scores}=    Infer
    ${after}=               Executed Instructions
    Should Be True          0 <= ${after} - ${before} - 120 * ${microseconds} < 200000

SRAM2 Is One Memory At Two Addresses
    Execute Command         sysbus WriteDoubleWord 0x20030100 0x12345678
    ${value}=               Execute Command    sysbus ReadDoubleWord 0x10000100
    Should Contain          ${value}    0x12345678


*** Keywords ***
Boot The Board
    Reset Emulation
    Execute Command         $image=@${IMAGE}
    Execute Script          ${BOARD}
    Create Terminal Tester  sysbus.lpuart1    timeout=10    defaultPauseEmulation=true
    Wait For Line On Uart   m-ready

Ask
    [Arguments]             ${command}
    Write To Uart           ${command}%

Load Input
    [Arguments]             ${path}
    ${digits}=              Evaluate    open($path, 'rb').read().hex()
    ${bytes}=               Evaluate    len($digits) // 2
    Ask                     db load ${bytes}
    Wait For Line On Uart   m-[Expecting ${bytes} bytes]
    Wait For Line On Uart   m-ready
    ${chunks}=              Evaluate    re.findall('.{1,62}', $digits)
    FOR    ${chunk}    IN    @{chunks}
        Ask                     db ${chunk}
        Wait For Line On Uart   m-ready
    END

Infer
    Ask                     infer 1 0
    ${start}=               Wait For Line On Uart    m-lap-us-(\\d+)          treatAsRegex=true
    ${end}=                 Wait For Line On Uart    m-lap-us-(\\d+)          treatAsRegex=true
    ${results}=             Wait For Line On Uart    m-results-\\[(.*)\\]     treatAsRegex=true
    Wait For Line On Uart   m-ready
    ${microseconds}=        Evaluate    ${end.Groups}[0] - ${start.Groups}[0]
    RETURN                  ${microseconds}    ${results.Groups}[0]

Largest Should Be At
    [Arguments]             ${scores}    ${class}
    ${values}=              Evaluate    [float(x) for x in $scores.split(',') if x]
    ${largest}=             Evaluate    $values.index(max($values))
    Should Be Equal As Integers    ${largest}    ${class}

Executed Instructions
    ${count}=               Execute Command    sysbus.cpu ExecutedInstructions
    ${count}=               Evaluate    int($count.strip(), 16)
    RETURN                  ${count}
