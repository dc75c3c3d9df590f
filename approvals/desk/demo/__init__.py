"""The demonstration: a cast, products in teams, real small PDFs, a portfolio in every state."""
