package io.waybill.channel.email.cms;

import io.waybill.domain.MailCertificates;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.util.Map;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cms.CMSAlgorithm;
import org.bouncycastle.cms.RecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JceKeyAgreeRecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JceKeyTransRecipientInfoGenerator;
import org.bouncycastle.operator.jcajce.JcaAlgorithmParametersConverter;

/** How the content key comes to the owner of a certificate. */
final class CertificateRecipient {
  /** RFC 5753, section 7.1.4: the hash is as strong as the curve. */
  private static final Map<String, ASN1ObjectIdentifier> AGREEMENTS =
      Map.of(
          "secp256r1", CMSAlgorithm.ECDH_SHA256KDF,
          "secp384r1", CMSAlgorithm.ECDH_SHA384KDF,
          "secp521r1", CMSAlgorithm.ECDH_SHA512KDF);

  private CertificateRecipient() {}

  static Envelope.Recipient of(X509Certificate certificate) {
    return certificate.getPublicKey() instanceof ECPublicKey key
        ? () -> agreeing(certificate, key)
        : () -> transporting(certificate);
  }

  /** RSAES-OAEP with SHA-256 (RFC 4055, RFC 8017): nothing new is encrypted with PKCS #1 v1.5. */
  private static RecipientInfoGenerator transporting(X509Certificate certificate) {
    OAEPParameterSpec parameters =
        new OAEPParameterSpec(
            "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT);
    try {
      AlgorithmIdentifier oaep =
          new JcaAlgorithmParametersConverter()
              .getAlgorithmIdentifier(PKCSObjectIdentifiers.id_RSAES_OAEP, parameters);
      return new JceKeyTransRecipientInfoGenerator(certificate, oaep)
          .setProvider(BouncyCastle.PROVIDER);
    } catch (CertificateEncodingException | InvalidAlgorithmParameterException e) {
      throw new IllegalStateException("a certificate that was checked cannot be used", e);
    }
  }

  /** Ephemeral-static ECDH (RFC 5753). */
  private static RecipientInfoGenerator agreeing(X509Certificate certificate, ECPublicKey key) {
    String curve =
        MailCertificates.curve(key)
            .orElseThrow(() -> new IllegalStateException("a curve that was checked is unknown"));
    ASN1ObjectIdentifier agreement = AGREEMENTS.get(curve);
    if (agreement == null) {
      throw new IllegalStateException("no key agreement for " + curve);
    }
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", BouncyCastle.PROVIDER);
      generator.initialize(new ECGenParameterSpec(curve));
      KeyPair ephemeral = generator.generateKeyPair();
      return new JceKeyAgreeRecipientInfoGenerator(
              agreement, ephemeral.getPrivate(), ephemeral.getPublic(), CMSAlgorithm.AES256_WRAP)
          .addRecipient(certificate)
          .setProvider(BouncyCastle.PROVIDER);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was checked cannot be used", e);
    }
  }
}
