"""Events, commands, state, the machine, and the gate that decides when an answer is over."""
