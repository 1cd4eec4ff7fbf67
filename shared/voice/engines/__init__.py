"""The speech engines of this machine: programs that are asked in processes of their own, never loaded into ours."""
