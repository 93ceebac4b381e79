declare module "fs-native-extensions" {
  /** Takes an exclusive lock on the whole file without waiting; false where somebody holds one. */
  export function tryLock(fileDescriptor: number): boolean;
}
