"""Would the Solidity tests notice a fault? Plants small faults, one at a time, and runs the tests on each."""
