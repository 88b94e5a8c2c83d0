package io.waybill.wire;

/** The schema registry did not give what was asked for. */
public abstract class RegistryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RegistryException(String message) {
    super(message);
  }

  RegistryException(String message, Throwable cause) {
    super(message, cause);
  }

  /** It cannot be reached, or it has a problem of its own: try again later. */
  public static final class Unavailable extends RegistryException {
    private static final long serialVersionUID = 1L;

    public Unavailable(String message) {
      super(message);
    }

    public Unavailable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** It knows no schema with that id. */
  public static final class UnknownSchema extends RegistryException {
    private static final long serialVersionUID = 1L;

    public UnknownSchema(int id) {
      super("the schema registry knows no schema with id " + id);
    }
  }

  /** It does not take the schema: incompatible, invalid, or not allowed. */
  public static final class Refused extends RegistryException {
    private static final long serialVersionUID = 1L;

    public Refused(String message) {
      super(message);
    }
  }
}
