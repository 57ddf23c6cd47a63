"""Weka's format ARFF: ``attributes`` reads what is declared above the rows, ``rows`` the rows.

It is not read through a library: scipy.io.arff reads no text and no sparse rows, liac-arff is no longer kept.

Source: https://waikato.github.io/weka-wiki/formats_and_processing/arff_stable/
"""
