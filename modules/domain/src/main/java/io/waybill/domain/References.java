package io.waybill.domain;

import java.util.regex.Pattern;

/**
 * {@code ${env:NAME}} and {@code ${file:PATH}}, which stand for a value only in the operator's own
 * configuration file. What a tenant writes is never resolved: it would read the operator's
 * environment and files, and send them where the tenant likes.
 */
final class References {
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{(env|file):");

  private References() {}

  static boolean isIn(String text) {
    return REFERENCE.matcher(text).find();
  }

  static FieldError refused(String field) {
    return new FieldError(
        field,
        DestinationRules.REFERENCE_NOT_ALLOWED,
        "holds a reference (${env:...} or ${file:...}), which works in the operator's configuration"
            + " file only: give the value itself");
  }
}
