"""What leaves the app to be read: reports, packs for meetings, sheets and letters, each as one ``Document``."""
