"""Training: scikit-learn estimators fitted, checked and exported as model folders."""
