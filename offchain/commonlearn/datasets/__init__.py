"""Public data sets in the manner of scikit-learn's fetchers.

Nothing is shipped: they come from a folder, from a cache, or by the official download.
"""

from sklearn.datasets import load_breast_cancer, load_digits

from commonlearn.datasets.heart_disease import fetch_heart_disease
from commonlearn.datasets.imdb import fetch_imdb
from commonlearn.datasets.mnist import fetch_mnist
from commonlearn.datasets.sms_spam import fetch_sms_spam

__all__ = ["fetch_heart_disease", "fetch_imdb", "fetch_mnist", "fetch_sms_spam", "load_breast_cancer", "load_digits"]
