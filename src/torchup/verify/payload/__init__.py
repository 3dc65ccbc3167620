"""What runs inside an environment: started by the path of ``main.py``, with ``-I``.

The standard library and the framework are all that these files import; any Python from 3.6 on
reads them. Annotations are quoted where Python 3.6 could not evaluate them.
"""
