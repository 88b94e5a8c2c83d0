package io.waybill.secrets;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.KmsClient;
import com.google.crypto.tink.aead.AeadConfig2026;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import java.security.GeneralSecurityException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Stands in for a key-management service: one key, which can be out of reach. */
public final class TestKms implements KmsClient {
  static final String KEY_URI = "test-kms://keys/one";
  static final AtomicBoolean REACHABLE = new AtomicBoolean(true);
  static final AtomicInteger ASKED = new AtomicInteger();
  private static final Aead KEY = key();

  private static Aead key() {
    try {
      return KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM, AeadConfig2026.get())
          .getPrimitive(AeadConfig2026.get(), Aead.class);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public boolean doesSupport(String keyUri) {
    return keyUri.startsWith("test-kms://");
  }

  @Override
  public KmsClient withCredentials(@Nullable String credentialPath) {
    return this;
  }

  @Override
  public KmsClient withDefaultCredentials() {
    return this;
  }

  @Override
  public Aead getAead(String keyUri) {
    return new Aead() {
      @Override
      public byte[] encrypt(byte[] plaintext, byte[] associatedData)
          throws GeneralSecurityException {
        ask();
        return KEY.encrypt(plaintext, associatedData);
      }

      @Override
      public byte[] decrypt(byte[] ciphertext, byte[] associatedData)
          throws GeneralSecurityException {
        ask();
        return KEY.decrypt(ciphertext, associatedData);
      }
    };
  }

  private static void ask() throws GeneralSecurityException {
    ASKED.incrementAndGet();
    if (!REACHABLE.get()) {
      throw new GeneralSecurityException("MARKERmarker: no route to the service");
    }
  }
}
