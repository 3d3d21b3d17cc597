"""The code that all Lambdo functions share: a folder for each level and each resource; imports only go down."""
