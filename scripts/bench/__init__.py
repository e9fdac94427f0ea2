"""The benchmark: gas, speed and accuracy of this project beside its nearest peer and the least possible."""
