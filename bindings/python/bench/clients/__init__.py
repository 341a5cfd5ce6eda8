"""The clients that are compared, each as a competent user of its library writes it: one client, kept connections."""
