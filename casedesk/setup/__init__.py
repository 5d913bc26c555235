"""What setup asks about the desk as a whole: how much there is of each part, and what each record is used by."""
