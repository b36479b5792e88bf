"""What other organisations' programs may read of the platform, and what they are told."""
