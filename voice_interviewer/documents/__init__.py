"""What a stranger wrote: resumes, job descriptions."""
