"""What helps an agent answer: canned replies and articles to insert into what they write."""
