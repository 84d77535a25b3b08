"""What everybody talks about: transcript, question bank, plan, moves, evidence, a reading of an answer."""
