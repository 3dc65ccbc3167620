@echo off
rem torchup: from a Windows machine that has nothing to PyTorch. Everything is done by install.ps1,
rem which lies beside this file; a bundle beside it is used where one is named.
rem
rem   install.cmd [lab.torchup] [-Yes] [NAME]
powershell -NoProfile -ExecutionPolicy Bypass -File "%~dp0install.ps1" %*
exit /b %ERRORLEVEL%
