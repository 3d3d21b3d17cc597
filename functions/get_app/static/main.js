document.body.append(location.pathname);
