"""What a word is, and which words speak of groups of people; shared by graders and metrics."""
