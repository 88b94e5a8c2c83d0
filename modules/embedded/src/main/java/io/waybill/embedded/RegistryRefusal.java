package io.waybill.embedded;

/** An answer other than 200, with Confluent's error code. */
final class RegistryRefusal extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int status;
  private final int code;

  private RegistryRefusal(int status, int code, String message) {
    super(message, null, false, false); // an answer, not a fault: no stack
    this.status = status;
    this.code = code;
  }

  int status() {
    return status;
  }

  int code() {
    return code;
  }

  static RegistryRefusal notFound() {
    return new RegistryRefusal(404, 404, "HTTP 404 Not Found");
  }

  static RegistryRefusal methodNotAllowed() {
    return new RegistryRefusal(405, 405, "HTTP 405 Method Not Allowed");
  }

  static RegistryRefusal badRequest(String why) {
    return new RegistryRefusal(400, 400, why);
  }

  static RegistryRefusal tooLarge(int limit) {
    return new RegistryRefusal(413, 413, "The request is larger than " + limit + " bytes.");
  }

  static RegistryRefusal subjectNotFound(String subject) {
    return new RegistryRefusal(404, 40401, "Subject '" + subject + "' not found.");
  }

  static RegistryRefusal versionNotFound(int version) {
    return new RegistryRefusal(404, 40402, "Version " + version + " not found.");
  }

  static RegistryRefusal schemaNotFound(String what) {
    return new RegistryRefusal(404, 40403, "Schema " + what + " not found.");
  }

  static RegistryRefusal levelNotSet(String subject) {
    return new RegistryRefusal(
        404,
        40408,
        "Subject '" + subject + "' does not have subject-level compatibility configured");
  }

  static RegistryRefusal incompatible(String subject, String problems) {
    return new RegistryRefusal(
        409,
        409,
        "Schema being registered is incompatible with an earlier schema for subject \""
            + subject
            + "\": "
            + problems);
  }

  static RegistryRefusal invalidSchema(String why) {
    return new RegistryRefusal(422, 42201, why);
  }

  static RegistryRefusal invalidVersion(String version) {
    return new RegistryRefusal(
        422,
        42202,
        "The specified version '"
            + version
            + "' is not a valid version id. Allowed values are between [1, 2^31-1] and the string"
            + " \"latest\"");
  }

  static RegistryRefusal invalidLevel() {
    return new RegistryRefusal(
        422,
        42203,
        "Invalid compatibility level. Valid values are none, backward, forward, full,"
            + " backward_transitive, forward_transitive, and full_transitive");
  }

  static RegistryRefusal storeFailed(String why) {
    return new RegistryRefusal(500, 50001, why);
  }
}
