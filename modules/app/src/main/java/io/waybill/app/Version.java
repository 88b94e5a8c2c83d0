package io.waybill.app;

/** The version of this build, as the jar's manifest has it. */
public final class Version {
  private Version() {}

  /** For example {@code 0.1.0}; {@code development} when classes run without a jar. */
  public static String current() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
