package io.waybill.secrets;

/**
 * The keyset is missing, unsafe or unreadable: Waybill does not start. The message says which file,
 * what is wrong and what to do; it never holds key material.
 */
public final class KeysetException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  KeysetException(String message) {
    super(message);
  }

  KeysetException(String message, Throwable cause) {
    super(message, cause);
  }
}
