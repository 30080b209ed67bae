"""What ``tactful doctor`` looks at: one function a check, and each says what it could not find out."""
