"""The stream `site:duty`: which rosters a site keeps, who is planned, and who is on duty."""
