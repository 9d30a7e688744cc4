"""The web page: Gradio inside our own FastAPI app. It translates and calls the pipeline, nothing more."""
