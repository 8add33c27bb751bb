*** Settings ***
Documentation       Image classification with the large model on the NUCLEO-L4R5ZI.
Resource            resources/board.resource
Test Teardown       Close Board


*** Variables ***
${BENCHMARK}        ic2
${SAMPLE}           5


*** Test Cases ***
The Board Boots And Says So
    The Firmware Should Boot As The Reference Does

The Firmware Tells What It Is
    The Firmware Should Be For    ic02

An Input Is Classified
    An Inference Should Give    10

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
