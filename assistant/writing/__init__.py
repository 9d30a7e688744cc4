"""From the user's words to a text: understand, ground, prompt, generate, revise."""
