"""What plays beside the calls: pictures, videos, texts and web pages."""
