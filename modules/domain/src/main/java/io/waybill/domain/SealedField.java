package io.waybill.domain;

import java.util.Arrays;

/**
 * One credential, sealed (AES-256-GCM) before it was first published and opened only inside a
 * channel.
 *
 * @param name what the seal is bound to beside organization and destination: {@code
 *     webhook.headers.authorization}
 * @param ciphertext what the seal made of it; not copied
 * @param fingerprint a short keyed hash by which two values can be told apart without being known
 */
@SuppressWarnings("ArrayRecordComponent") // compared by content below
public record SealedField(String name, byte[] ciphertext, String fingerprint) {
  @Override
  public boolean equals(Object other) {
    return other instanceof SealedField that
        && name.equals(that.name)
        && Arrays.equals(ciphertext, that.ciphertext)
        && fingerprint.equals(that.fingerprint);
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + Arrays.hashCode(ciphertext);
  }

  @Override
  public String toString() {
    return "SealedField[" + name + ", " + fingerprint + "]";
  }
}
