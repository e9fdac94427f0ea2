"""Would the Solidity tests notice a fault? Plants small faults into the contracts, one at a time, and runs the tests on each."""
