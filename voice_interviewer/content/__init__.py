"""What lies in prompts/ and configs/, read and checked."""
