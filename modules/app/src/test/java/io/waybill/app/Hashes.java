package io.waybill.app;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** What receivers keep of what is too large to be kept. */
final class Hashes {
  private Hashes() {}

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
