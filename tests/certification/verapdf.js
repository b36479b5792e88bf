// Judges PDF files by veraPDF, in Rhino, which comes in the same jar: one line of JSON a file and flavour on standard output.
var flavours = Packages.org.verapdf.pdfa.flavours.PDFAFlavour;
Packages.org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider.initialise();
var foundry = Packages.org.verapdf.pdfa.Foundries.defaultInstance();

for (var i = 0; i < arguments.length; i++) {
  var path = String(arguments[i]);
  ["PDFA_2_A", "PDFUA_1"].forEach(function (name) {
    var flavour = flavours.valueOf(name), faults = [];
    var parser = foundry.createParser(new java.io.File(path), flavour);
    try {
      var result = foundry.createValidator(flavour, false).validate(parser);
      var assertions = result.getTestAssertions().iterator();
      while (assertions.hasNext()) {
        var one = assertions.next();
        if (String(one.getStatus()) !== "PASSED") {
          var rule = one.getRuleId();
          faults.push(rule.getClause() + "-" + rule.getTestNumber() + " " + one.getMessage() + " " + one.getLocation().getContext());
        }
      }
      print(JSON.stringify({file: path, flavour: name, passed: result.isCompliant(), faults: faults}));
    } finally {
      parser.close();
    }
  });
}
