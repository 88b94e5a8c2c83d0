package io.waybill.channel.email.cms;

import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cms.CMSAlgorithm;
import org.bouncycastle.cms.PasswordRecipient.PRF;
import org.bouncycastle.cms.jcajce.JcePasswordRecipientInfoGenerator;

/** The library's own, but for the derivation, which was made already. */
final class PasswordRecipient extends JcePasswordRecipientInfoGenerator {
  private final byte[] key;

  PasswordRecipient(byte[] salt, int iterations, byte[] key) {
    super(CMSAlgorithm.AES256_CBC, new char[0]);
    this.key = key;
    setProvider(BouncyCastle.PROVIDER);
    setPRF(PRF.HMacSHA256);
    setSaltAndIterationCount(salt, iterations);
  }

  @Override
  protected byte[] calculateDerivedKey(int scheme, AlgorithmIdentifier derivation, int keySize) {
    return key.clone();
  }
}
