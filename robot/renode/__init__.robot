*** Settings ***
Documentation       For Renode's own runner, which is given the file: renode-test robot/renode/smoke.robot
Suite Setup         Skip    run by renode-test
